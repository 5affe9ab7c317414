### Как закрыта позиция, после слова «закрыта».

closed-by-stop_loss = по стопу
closed-by-take_profit = по цели
closed-by-stop_out = брокером (стоп-аут)
closed-by-desktop = вручную в терминале на компьютере
closed-by-mobile = вручную с телефона
closed-by-web = вручную в веб-терминале
closed-by-desk = деском
closed-by-other_program = другой программой
closed-by-unexplained = по причине, которую брокер не сообщает
